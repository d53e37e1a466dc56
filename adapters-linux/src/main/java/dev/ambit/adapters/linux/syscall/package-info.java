/** The Linux system calls this module needs, through {@code java.lang.foreign}. Nothing else here touches native memory. */
@NullMarked
package dev.ambit.adapters.linux.syscall;

import org.jspecify.annotations.NullMarked;
