package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import io.github.jopenlibs.vault.VaultException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What Vault's answers and silences mean, in one line that says what to do. */
final class VaultFailure {
    private static final int TEXT_MAX = 300;

    private VaultFailure() {}

    /** For a call that ended in no answer, or in one that the driver would not read. */
    static CertificateAuthorityException of(URI address, String task, VaultException failure) {
        if (failure.getHttpStatusCode() > 0) {
            return new CertificateAuthorityException(
                    explain(address, task, failure.getHttpStatusCode(), text(failure)), failure);
        }
        return new CertificateAuthorityException(
                "Vault at " + address + " does not answer (" + task + "): " + silence(failure), failure);
    }

    /** For an answer other than success. */
    static CertificateAuthorityException of(URI address, String task, int status, byte[] body) {
        return new CertificateAuthorityException(
                explain(address, task, status, printable(new String(body, StandardCharsets.UTF_8))));
    }

    private static String explain(URI address, String task, int status, String detail) {
        String meaning = switch (status) {
            case 400 -> "refuses it";
            case 403 -> "forbids it; the policy of our login must allow it";
            case 404 -> "has nothing there; check mount and role";
            case 429 -> "limits the rate of requests";
            case 503 -> "is sealed, or a standby that cannot serve; unseal it";
            default -> "fails";
        };
        return "Vault at " + address + " " + meaning + " (" + task + ", status " + status + "): " + detail;
    }

    private static String silence(Throwable failure) {
        return Stream.iterate(failure, link -> link != null, Throwable::getCause)
                .limit(8)
                .map(VaultFailure::silenceOf)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(() -> text(failure));
    }

    private static String silenceOf(Throwable failure) {
        return switch (failure) {
            case HttpConnectTimeoutException _ -> "connecting takes too long";
            case HttpTimeoutException _ -> "the answer takes too long";
            case java.net.ConnectException _ -> "nobody listens there, or the name does not resolve";
            case SSLException e -> "TLS fails: " + text(e);
            default -> "";
        };
    }

    private static String text(Throwable failure) {
        return printable(String.valueOf(failure.getMessage()));
    }

    /** What came over the wire goes into a log line. */
    static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]+", " ").strip();
        return plain.length() <= TEXT_MAX ? plain : plain.substring(0, TEXT_MAX) + "...";
    }
}
