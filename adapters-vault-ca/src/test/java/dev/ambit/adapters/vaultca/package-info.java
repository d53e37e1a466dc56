@NullMarked
package dev.ambit.adapters.vaultca;

import org.jspecify.annotations.NullMarked;
