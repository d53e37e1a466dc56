package dev.ambit.adapters.netty.names;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.names.HostResolverException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Looks names up with Netty's DNS client, over UDP and, for answers that do not fit, TCP. One thread of its own, which
 * stays in the network namespace of whoever constructs it.
 */
public final class NettyHostResolver implements HostResolver {
    private static final int NAME_CHARS_MAX = 253;

    /** Labels of letters, digits, hyphens and (as is common) underscores, perhaps with a final dot (RFC 1123). */
    private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*\\.?");

    private static final long QUERY_MILLIS_PER_TRY = 2_000;

    private final EventLoopGroup loops;
    private final DnsNameResolver resolver;
    private final HostCache cache;
    private final Duration timeout;

    /**
     * What may be chosen.
     *
     * @param servers whom to ask; empty for those of {@code /etc/resolv.conf}
     * @param timeout for a lookup with everything that belongs to it
     * @param namesMax answers remembered (Istio's ztunnel: 4096)
     * @param ttlMax how long an answer is remembered at most, whatever it says
     * @param negativeTtl how long it is remembered that a name has no address
     * @param ipv6 whether IPv6 addresses are asked for
     */
    public record Options(
            Optional<InetSocketAddress> servers,
            Duration timeout,
            int namesMax,
            Duration ttlMax,
            Duration negativeTtl,
            boolean ipv6) {
        /** The system's servers, five seconds, 4096 names for at most five minutes. */
        public static final Options SYSTEM = new Options(
                Optional.empty(), Duration.ofSeconds(5), 4096, Duration.ofMinutes(5), Duration.ofSeconds(5), true);

        /** The same, asking this server only. */
        public Options asking(InetSocketAddress server) {
            return new Options(Optional.of(server), timeout, namesMax, ttlMax, negativeTtl, ipv6);
        }

        public Options within(Duration lookup) {
            return new Options(servers, lookup, namesMax, ttlMax, negativeTtl, ipv6);
        }

        /** Where IPv6 is switched off. */
        public Options onlyIpv4() {
            return new Options(servers, timeout, namesMax, ttlMax, negativeTtl, false);
        }
    }

    public NettyHostResolver(Options options) {
        this.timeout = options.timeout();
        this.cache = new HostCache(options.namesMax(), (int) options.ttlMax().toSeconds(), (int)
                options.negativeTtl().toSeconds());
        this.loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("names", true), EpollIoHandler.newFactory());
        EventLoop loop = loops.next();
        // A thread inherits the namespace of the one that starts it, and Netty starts it with its first task.
        loop.submit(() -> {}).syncUninterruptibly();
        DnsServerAddressStreamProvider servers = options.servers()
                .<DnsServerAddressStreamProvider>map(SingletonDnsServerAddressStreamProvider::new)
                .orElseGet(DnsServerAddressStreamProviders::unixDefault);
        this.resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelType(EpollDatagramChannel.class)
                .socketChannelType(EpollSocketChannel.class)
                .nameServerProvider(servers)
                .hostsFileEntriesResolver(
                        options.servers().isPresent() ? (_, _) -> null : HostsFileEntriesResolver.DEFAULT)
                .resolvedAddressTypes(
                        options.ipv6() ? ResolvedAddressTypes.IPV4_PREFERRED : ResolvedAddressTypes.IPV4_ONLY)
                .completeOncePreferredResolved(false)
                .queryTimeoutMillis(Math.min(QUERY_MILLIS_PER_TRY, timeout.toMillis()))
                .resolveCache(cache)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .consolidateCacheSize(options.namesMax())
                .build();
    }

    @Override
    public CompletionStage<List<IpAddress>> addresses(String hostname) {
        Optional<IpAddress> literal = IpAddress.parse(hostname);
        if (literal.isPresent()) {
            return CompletableFuture.completedFuture(List.of(literal.get()));
        }
        if (hostname.length() > NAME_CHARS_MAX || !NAME.matcher(hostname).matches()) {
            return failed("not a host name");
        }
        var found = new CompletableFuture<List<IpAddress>>();
        try {
            Future<List<InetAddress>> lookup = resolver.resolveAll(hostname);
            lookup.addListener(_ -> {
                if (lookup.isSuccess()) {
                    answer(found, lookup.getNow());
                } else {
                    found.completeExceptionally(failure(lookup.cause()));
                }
            });
        } catch (RejectedExecutionException | IllegalStateException closed) {
            return failed("the resolver is closed");
        }
        return found.completeOnTimeout(List.of(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(addresses -> addresses.isEmpty()
                        ? failed("no answer within " + timeout)
                        : CompletableFuture.completedFuture(addresses));
    }

    private static void answer(CompletableFuture<List<IpAddress>> found, List<InetAddress> addresses) {
        List<IpAddress> distinct =
                addresses.stream().map(IpAddress::of).distinct().toList();
        if (distinct.isEmpty()) {
            found.completeExceptionally(new HostResolverException("the name has no address"));
        } else {
            found.complete(distinct);
        }
    }

    private static HostResolverException failure(Throwable cause) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new HostResolverException(text.replaceAll("\\p{Cntrl}+", " ").strip(), cause);
    }

    private static CompletableFuture<List<IpAddress>> failed(String why) {
        return CompletableFuture.failedFuture(new HostResolverException(why));
    }

    @Override
    public void close() {
        resolver.close();
        cache.clear();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
