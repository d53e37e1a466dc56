/** The rules of the house, as tests: layers, libraries, types, contracts, tidiness and documents. */
@NullMarked
package dev.ambit.architecture;

import org.jspecify.annotations.NullMarked;
