/** Asking the admin servers of running services. */
@NullMarked
package dev.ambit.services.cli.admin;

import org.jspecify.annotations.NullMarked;
