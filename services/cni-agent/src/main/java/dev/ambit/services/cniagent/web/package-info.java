/** Readiness and metrics over HTTP. */
@NullMarked
package dev.ambit.services.cniagent.web;

import org.jspecify.annotations.NullMarked;
