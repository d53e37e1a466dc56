/** Certificates of workloads: where a transport gets them and where they come from. */
@NullMarked
package dev.ambit.ports.credentials;

import org.jspecify.annotations.NullMarked;
