/** What certificates need of the API server: who a token's bearer is, where roots are kept, where the trust bundle goes. */
@NullMarked
package dev.ambit.adapters.k8s.ca;

import org.jspecify.annotations.NullMarked;
