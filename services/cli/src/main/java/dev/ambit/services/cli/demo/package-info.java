/** The demonstration: the lab, brought to life and looked at step by step. */
@NullMarked
package dev.ambit.services.cli.demo;

import org.jspecify.annotations.NullMarked;
