/** One mesh out of what several clusters have: whose services are one, and what lies behind another network's gateway. */
@NullMarked
package dev.ambit.domain.federation;

import org.jspecify.annotations.NullMarked;
