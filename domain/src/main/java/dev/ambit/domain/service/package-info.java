/** A mesh service: its virtual addresses, ports and how to spread load over its endpoints. */
@NullMarked
package dev.ambit.domain.service;

import org.jspecify.annotations.NullMarked;
