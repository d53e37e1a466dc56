/** Microbenchmarks of the decisions that every connection waits for. Run with {@code ./ambit bench jmh}. */
@NullMarked
package dev.ambit.benchmarks;

import org.jspecify.annotations.NullMarked;
