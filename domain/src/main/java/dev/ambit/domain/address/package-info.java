/** Addresses and names by which things in the mesh are found. Parsing happens here, once; no lookups. */
@NullMarked
package dev.ambit.domain.address;

import org.jspecify.annotations.NullMarked;
