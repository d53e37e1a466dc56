package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Auth;
import io.github.jopenlibs.vault.response.AuthResponse;
import io.github.jopenlibs.vault.response.LookupResponse;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a token of Vault's: logs in when there is none, prolongs it in time, gives it back at the end. */
final class VaultSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VaultSession.class);
    private static final String OWN_TOKEN = "token";

    private final VaultDrivers drivers;
    private final VaultLogin login;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Held held;

    VaultSession(VaultDrivers drivers, VaultLogin login, InstantSource clock) {
        this.drivers = drivers;
        this.login = login;
        this.clock = clock;
    }

    private record Held(Vault vault, TokenLife life) {}

    /** A task for Vault. */
    @FunctionalInterface
    interface Task<T> {
        T run(Vault vault) throws VaultException;
    }

    /**
     * Runs a task under the current token.
     *
     * @throws CertificateAuthorityException if there is no token to be had
     */
    <T> T run(Task<T> task) throws VaultException {
        return task.run(current().vault());
    }

    /**
     * Does what the token needs, if anything. To be called now and then, also when nothing is asked of Vault.
     *
     * @throws CertificateAuthorityException if there is no token to be had
     */
    void tend() {
        current();
    }

    private Held current() {
        Held now = held;
        if (now != null && now.life().need(clock.instant()) == TokenLife.Need.NOTHING) {
            return now;
        }
        lock.lock();
        try {
            Held tended = tended(held);
            held = tended;
            return tended;
        } finally {
            lock.unlock();
        }
    }

    /** Vault does not take this token any more, whatever we thought of its life. */
    void forget() {
        lock.lock();
        try {
            held = null;
        } finally {
            lock.unlock();
        }
    }

    private Held tended(@Nullable Held before) {
        if (before == null) {
            return login();
        }
        return switch (before.life().need(clock.instant())) {
            case NOTHING -> before;
            case LOGIN -> login();
            case RENEWAL -> renewed(before);
        };
    }

    /** A token that cannot be prolonged now is used to its end; one that must not be is replaced. */
    private Held renewed(Held before) {
        try {
            AuthResponse answer = auth(before.vault()).renewSelf();
            var life = life(answer.getAuthLeaseDuration(), answer.isAuthRenewable());
            // Near its longest life a token is prolonged by less and less; a new one is better than the rest of it.
            boolean dwindled = life.ttl().compareTo(before.life().ttl().dividedBy(2)) < 0;
            LOG.debug("token of Vault renewed\tttl={} dwindled={}", life.ttl(), dwindled);
            return dwindled ? login() : new Held(before.vault(), life);
        } catch (VaultException e) {
            if (e.getHttpStatusCode() >= HttpURLConnection.HTTP_BAD_REQUEST
                    && e.getHttpStatusCode() < HttpURLConnection.HTTP_INTERNAL_ERROR) {
                return login();
            }
            LOG.warn(
                    "token of Vault not renewed, used on\twhy=\"{}\"",
                    VaultFailure.of(drivers.address(), "renewal", e).getMessage());
            return before;
        }
    }

    private Held login() {
        Vault stranger = drivers.with("");
        try {
            Held fresh = switch (login) {
                case VaultLogin.Token(VaultSecret token) -> lookedUp(drivers.with(token.read()));
                case VaultLogin.AppRole(String mount, String roleId, VaultSecret secretId) ->
                    of(auth(stranger).loginByAppRole(mount, roleId, secretId.read()));
                case VaultLogin.Kubernetes(String mount, String role, VaultSecret token) ->
                    of(auth(stranger).loginByKubernetes(role, token.read(), "auth/" + mount));
            };
            LOG.info(
                    "logged in to Vault\taddress={} by={} ttl={}",
                    drivers.address(),
                    method(),
                    fresh.life().ttl());
            return fresh;
        } catch (VaultException e) {
            throw VaultFailure.of(drivers.address(), "login by " + method(), e);
        }
    }

    private String method() {
        return switch (login) {
            case VaultLogin.Token _ -> "token";
            case VaultLogin.AppRole _ -> "AppRole";
            case VaultLogin.Kubernetes _ -> "Kubernetes";
        };
    }

    private Held lookedUp(Vault vault) throws VaultException {
        LookupResponse own = auth(vault).lookupSelf();
        return new Held(vault, life(own.getTTL(), own.isRenewable()));
    }

    private Held of(AuthResponse answer) {
        return new Held(
                drivers.with(answer.getAuthClientToken()),
                life(answer.getAuthLeaseDuration(), answer.isAuthRenewable()));
    }

    private TokenLife life(long seconds, boolean renewable) {
        Instant now = clock.instant();
        return new TokenLife(now, Duration.ofSeconds(Math.max(0, seconds)), renewable);
    }

    private Auth auth(Vault vault) {
        return vault.auth().withNameSpace(drivers.namespace());
    }

    /** A token that we made for ourselves ends with us; one that was given to us is not ours to end. */
    @Override
    public void close() {
        Held last = held;
        held = null;
        if (last == null || login instanceof VaultLogin.Token) {
            return;
        }
        try {
            auth(last.vault()).revokeSelf(OWN_TOKEN);
        } catch (VaultException e) {
            LOG.debug(
                    "token of Vault not revoked, it ends by itself\twhy=\"{}\"",
                    VaultFailure.printable(String.valueOf(e.getMessage())));
        }
    }
}
