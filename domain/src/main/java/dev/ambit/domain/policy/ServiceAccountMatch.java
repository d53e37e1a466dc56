package dev.ambit.domain.policy;

/** One service account, in whatever trust domain. */
public record ServiceAccountMatch(String namespace, String serviceAccount) {}
