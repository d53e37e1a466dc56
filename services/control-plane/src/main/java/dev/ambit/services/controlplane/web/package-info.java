/** Readiness and metrics over HTTP. */
@NullMarked
package dev.ambit.services.controlplane.web;

import org.jspecify.annotations.NullMarked;
