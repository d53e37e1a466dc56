/** HashiCorp Vault's PKI engine as certificate authority. */
@NullMarked
package dev.ambit.adapters.vaultca;

import org.jspecify.annotations.NullMarked;
