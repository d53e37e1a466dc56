@NullMarked
package dev.ambit.services.cniagent;

import org.jspecify.annotations.NullMarked;
