@NullMarked
package dev.ambit.services.ztunnel;

import org.jspecify.annotations.NullMarked;
