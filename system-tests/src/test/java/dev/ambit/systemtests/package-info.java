/** The product from outside: the script, the services as processes, real kernel redirection. Needs root. */
@NullMarked
package dev.ambit.systemtests;

import org.jspecify.annotations.NullMarked;
