package dev.ambit.adapters.vaultca;

/** How we become somebody in Vault. */
public sealed interface VaultLogin {

    /** A token that somebody else made and may replace, such as Vault's agent. */
    record Token(VaultSecret token) implements VaultLogin {}

    /** A machine's role and secret (<a href="https://developer.hashicorp.com/vault/docs/auth/approle">AppRole</a>). */
    record AppRole(String mount, String roleId, VaultSecret secretId) implements VaultLogin {
        public AppRole {
            VaultPath.check("mount of the AppRole login", mount);
        }
    }

    /** The token of our own service account (<a href="https://developer.hashicorp.com/vault/docs/auth/kubernetes">Kubernetes</a>). */
    record Kubernetes(String mount, String role, VaultSecret serviceAccountToken) implements VaultLogin {
        public Kubernetes {
            VaultPath.check("mount of the Kubernetes login", mount);
        }
    }
}
