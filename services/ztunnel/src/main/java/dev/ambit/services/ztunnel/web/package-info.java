/** Readiness, metrics and administration over HTTP. */
@NullMarked
package dev.ambit.services.ztunnel.web;

import org.jspecify.annotations.NullMarked;
