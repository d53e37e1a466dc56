package dev.ambit.ports.ca;

/**
 * What peers are told to trust.
 *
 * @param rootsPem every root, PEM, concatenated
 * @param revocationsPem every revocation list (RFC 5280, 5) to heed, PEM, concatenated; empty if there is none
 */
public record TrustBundle(String rootsPem, String revocationsPem) {}
