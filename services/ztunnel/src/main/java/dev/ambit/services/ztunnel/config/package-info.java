/** What an operator can set: read once at start, checked, and split by what it concerns. */
@NullMarked
package dev.ambit.services.ztunnel.config;

import org.jspecify.annotations.NullMarked;
