package dev.ambit.adapters.k8s.ca;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks the API server whose token it is (TokenReview, authentication.k8s.io/v1), as istiod does: authenticated for one of our
 * audiences, a service account, and the pod and node that the token is bound to.
 *
 * <p>Answers are remembered for a short time: a node proxy asks for hundreds of certificates with one token. Whoever sends
 * made-up tokens costs the API server at most {@value #STRANGERS_MAX} requests at once; {@value #ACQUAINTED_MAX} more are for
 * tokens that were accepted before, so that those who renew have not to wait for those who flood.
 */
public final class ClusterCallerAuthentication implements CallerAuthentication {
    private static final int LENGTH_MAX = 16 * 1024;
    private static final int REMEMBERED_MAX = 10_000;
    private static final int STRANGERS_MAX = 24;
    private static final int ACQUAINTED_MAX = 8;
    private static final Duration WAIT_MAX = Duration.ofSeconds(2);
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final Duration BAD_FOR = Duration.ofSeconds(10);

    /** A JSON Web Token in compact form (RFC 7515, 3.1). Anything else is not worth a request. */
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

    private static final String SERVICE_ACCOUNTS = "system:serviceaccounts";
    private static final String EXTRA = "authentication.kubernetes.io/";

    private final ClusterRequests requests;
    private final TrustDomain trustDomain;
    private final List<String> audiences;
    private final InstantSource clock;
    private final Semaphore strangers = new Semaphore(STRANGERS_MAX);
    private final Semaphore acquainted = new Semaphore(ACQUAINTED_MAX);
    /** Apart from each other: rejections, of which anybody can cause any number, push no acceptance out. */
    private final Map<String, Remembered> accepted = Collections.synchronizedMap(new Recent());

    private final Map<String, Remembered> rejected = Collections.synchronizedMap(new Recent());

    private record Remembered(Result result, Instant until) {}

    /** The longest unused go first. */
    private static final class Recent extends LinkedHashMap<String, Remembered> {
        private static final long serialVersionUID = 1L;

        private Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > REMEMBERED_MAX;
        }
    }

    /**
     * Ready to ask; does not close the connection.
     *
     * @param trustDomain of the identities that tokens prove; tokens themselves do not say
     * @param audiences of which a token must have one; Istio's is {@code istio-ca}
     */
    public ClusterCallerAuthentication(
            ClusterConnection connection, TrustDomain trustDomain, List<String> audiences, InstantSource clock) {
        this.requests = new ClusterRequests(connection.client());
        this.trustDomain = trustDomain;
        this.audiences = List.copyOf(audiences);
        this.clock = clock;
    }

    @Override
    public Result authenticate(String bearerToken) {
        return known(bearerToken).orElseGet(() -> asked(bearerToken));
    }

    /** What was found a short time ago, or can be seen at a glance. */
    @Override
    public Optional<Result> known(String bearerToken) {
        if (bearerToken.length() > LENGTH_MAX) {
            return Optional.of(
                    rejected("it has " + bearerToken.length() + " characters, at most " + LENGTH_MAX + " are read"));
        }
        if (!COMPACT.matcher(bearerToken).matches()) {
            return Optional.of(rejected("it is not a signed JSON Web Token"));
        }
        String key = digest(bearerToken);
        Instant now = clock.instant();
        return Stream.of(accepted, rejected)
                .map(answers -> answers.get(key))
                .filter(answer -> answer != null && now.isBefore(answer.until()))
                .map(Remembered::result)
                .findFirst();
    }

    @Override
    public boolean wasAccepted(String bearerToken) {
        return bearerToken.length() <= LENGTH_MAX && accepted.containsKey(digest(bearerToken));
    }

    private Result asked(String bearerToken) {
        String key = digest(bearerToken);
        Instant now = clock.instant();
        Result result = review(bearerToken, accepted.containsKey(key) ? acquainted : strangers);
        switch (result) {
            case Result.Authenticated _ -> accepted.put(key, new Remembered(result, now.plus(GOOD_FOR)));
            case Result.Rejected _ -> {
                accepted.remove(key);
                rejected.put(key, new Remembered(result, now.plus(BAD_FOR)));
            }
            // It is as before: neither known nor a stranger's.
            case Result.Undecided _ -> {}
        }
        return result;
    }

    private Result review(String token, Semaphore underWay) {
        try {
            if (!underWay.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Result.Undecided("token: as many others are being reviewed as may be");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Result.Undecided("token: interrupted while it waited to be reviewed");
        }
        try {
            TokenReview review = new TokenReviewBuilder()
                    .withNewSpec()
                    .withToken(token)
                    .withAudiences(audiences)
                    .endSpec()
                    .build();
            TokenReviewStatus status =
                    requests.call(api -> api.resource(review).create()).getStatus();
            return status == null ? new Result.Undecided("token: the review has no status") : judge(status);
        } catch (KubernetesClientException e) {
            return new Result.Undecided("token: it cannot be reviewed: " + requests.describe(e)
                    + (e.getCode() == ClusterRequests.FORBIDDEN
                            ? "; grant create of tokenreviews to our service account, as"
                                    + " deploy/control-plane/certificates-rbac.yaml does"
                            : ""));
        } finally {
            underWay.release();
        }
    }

    private Result judge(TokenReviewStatus status) {
        UserInfo user = status.getUser();
        if (!Boolean.TRUE.equals(status.getAuthenticated()) || user == null) {
            String error = status.getError() == null ? "" : ": " + ClusterRequests.printable(status.getError());
            return rejected("the API server does not accept it" + error);
        }
        // A server that knows nothing of audiences would accept a token that was meant for somebody else.
        if (status.getAudiences() == null || Collections.disjoint(status.getAudiences(), audiences)) {
            return rejected("its audiences are not " + audiences);
        }
        if (user.getGroups() == null || !user.getGroups().contains(SERVICE_ACCOUNTS)) {
            return rejected("it is not a service account's");
        }
        String[] name = user.getUsername().split(":", -1);
        if (name.length != 4 || !name[0].equals("system") || !name[1].equals("serviceaccount")) {
            return rejected("its user is not named as a service account");
        }
        return switch (SpiffeId.parse("spiffe://" + trustDomain + "/ns/" + name[2] + "/sa/" + name[3])) {
            case SpiffeId.Parsed.Valid(SpiffeId identity) ->
                new Result.Authenticated(new Caller(
                        identity, extra(user, "pod-name"), extra(user, "pod-uid"), extra(user, "node-name")));
            case SpiffeId.Parsed.Malformed _ -> rejected("its service account cannot be an identity");
        };
    }

    private static String extra(UserInfo user, String name) {
        List<String> values = user.getExtra() == null ? null : user.getExtra().get(EXTRA + name);
        return values == null || values.size() != 1 ? "" : values.getFirst();
    }

    private static Result rejected(String why) {
        return new Result.Rejected("token: " + why);
    }

    /** Tokens themselves are not kept longer than a request. */
    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
