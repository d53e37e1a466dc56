/** The built-in certificate authority, laid out like istiod's: a self-signed root kept in a folder. */
@NullMarked
package dev.ambit.adapters.istiodca;

import org.jspecify.annotations.NullMarked;
