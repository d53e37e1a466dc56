package dev.ambit.adapters.netty.names;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Netty's cache of answers with a bound on the number of names, of which the one used longest ago makes room. */
final class HostCache implements DnsCache {
    private final DefaultDnsCache answers;
    private final int namesMax;
    private final LinkedHashMap<String, Boolean> names = new LinkedHashMap<>(16, 0.75f, true);

    HostCache(int namesMax, int ttlSecondsMax, int negativeTtlSeconds) {
        this.answers = new DefaultDnsCache(0, ttlSecondsMax, negativeTtlSeconds);
        this.namesMax = namesMax;
    }

    @Override
    public synchronized void clear() {
        names.clear();
        answers.clear();
    }

    @Override
    public synchronized boolean clear(String hostname) {
        names.remove(hostname);
        return answers.clear(hostname);
    }

    @Override
    public synchronized @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
        names.get(hostname);
        return answers.get(hostname, additionals);
    }

    @Override
    public synchronized DnsCacheEntry cache(
            String hostname, DnsRecord[] additionals, InetAddress address, long ttlSeconds, EventLoop loop) {
        remember(hostname);
        return answers.cache(hostname, additionals, address, ttlSeconds, loop);
    }

    @Override
    public synchronized DnsCacheEntry cache(String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        remember(hostname);
        return answers.cache(hostname, additionals, cause, loop);
    }

    private void remember(String hostname) {
        names.put(hostname, true);
        if (names.size() > namesMax) {
            answers.clear(names.pollFirstEntry().getKey());
        }
    }

    /** How many names may have an answer. */
    synchronized int size() {
        return names.size();
    }
}
