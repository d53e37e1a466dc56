/** A real Kubernetes for tests: an API server and its etcd on loopback, started in seconds, gone with the tests. */
@NullMarked
package dev.ambit.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
