/** What this process spends time and memory on, in the format of pprof. */
@NullMarked
package dev.ambit.services.ztunnel.profile;

import org.jspecify.annotations.NullMarked;
