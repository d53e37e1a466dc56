package dev.ambit.domain.dns;

/**
 * One way to read a requested name.
 *
 * @param name what to look for
 * @param owner whose the answer's records are: the requested name, or what is left of it without a search domain
 */
public record NameAlias(DnsName name, DnsName owner) {}
