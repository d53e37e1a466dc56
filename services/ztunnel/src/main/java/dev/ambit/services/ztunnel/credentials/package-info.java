/** The certificates of this node's workloads: fetched, renewed, forgotten. */
@NullMarked
package dev.ambit.services.ztunnel.credentials;

import org.jspecify.annotations.NullMarked;
