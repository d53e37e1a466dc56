package dev.ambit.adapters.vaultca;

import dev.ambit.adapters.vaultca.VaultCaOptions.Signing;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.SigningRequests;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Options for a test, with the usual values where a test does not care. */
record VaultSetup(URI address, Optional<Path> trustedCa, String mount, String role, Signing signing, VaultLogin login) {
    static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    VaultSetup(VaultServer server, String mount) {
        this(
                server.address(),
                Optional.empty(),
                mount,
                "workload",
                Signing.SIGN,
                new VaultLogin.Token(server.rootToken()));
    }

    VaultSetup with(VaultLogin other) {
        return new VaultSetup(address, trustedCa, mount, role, signing, other);
    }

    VaultSetup with(Signing other) {
        return new VaultSetup(address, trustedCa, mount, role, other, login);
    }

    VaultSetup withRole(String other) {
        return new VaultSetup(address, trustedCa, mount, other, signing, login);
    }

    VaultSetup trusting(Path file) {
        return new VaultSetup(address, Optional.of(file), mount, role, signing, login);
    }

    VaultCaOptions options() {
        return new VaultCaOptions(
                address,
                Optional.empty(),
                trustedCa,
                mount,
                role,
                signing,
                login,
                "server",
                TrustDomain.CLUSTER_LOCAL,
                TIMEOUT);
    }

    /** A fresh sound request, signed by this authority. */
    static SigningResult sign(VaultCertificateAuthority authority) {
        return sign(authority, SigningRequests.ec("secp256r1").uri(CART.toString()));
    }

    static SigningResult sign(VaultCertificateAuthority authority, SigningRequests request) {
        return authority.sign(new SigningRequest(request.pem(), request.keys().getPublic(), CART, Duration.ofHours(1)));
    }
}
