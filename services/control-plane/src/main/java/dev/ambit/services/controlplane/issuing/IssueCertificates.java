package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.IssuingDecision;
import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.RequestFacts;
import dev.ambit.domain.issuing.RequestRules;
import dev.ambit.domain.issuing.StrangerPlaces;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.ports.ca.SigningRequestReading;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Issues workload certificates. Every request leaves a line in the log {@code audit} ({@link AuditTrail}). The caller of
 * a refused request is told nothing more than that it was refused.
 */
public final class IssueCertificates implements CertificateIssuing {
    /** Of callers that are known. Each may wait for a slow authority; beyond this, they wait better at their own end. */
    private static final int UNDER_WAY_MAX = 512;

    private final CallerAuthentication authentication;
    private final Supplier<NodeCheck> nodeCheck;
    private final SigningRequestReading reading;
    private final ValidityRule validity;
    private final CertificateAuthority authority;
    private final CallerRates rates;
    private final Meter meter;
    private final Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
    private final CallersUnderWay callers = new CallersUnderWay();
    private final Strangers strangers = new Strangers(StrangerPlaces.USUAL);
    private final AuditTrail audit = new AuditTrail(System::nanoTime);

    /**
     * The use case.
     *
     * @param nodeCheck the check over the pods as they are now
     */
    public IssueCertificates(
            CallerAuthentication authentication,
            Supplier<NodeCheck> nodeCheck,
            SigningRequestReading reading,
            ValidityRule validity,
            CertificateAuthority authority,
            CallerRates rates,
            Meter meter) {
        this.authentication = authentication;
        this.nodeCheck = nodeCheck;
        this.reading = reading;
        this.validity = validity;
        this.authority = authority;
        this.rates = rates;
        this.meter = meter;
        meter.gauge(Gauge.STRANGERS, strangers::count);
    }

    @Override
    public Answer issue(Request request) {
        meter.increment(Counter.CSRS);
        try {
            return answer(request);
        } catch (RuntimeException e) {
            // Also what nobody foresaw leaves its line in the log.
            return refused("unavailable", "unknown", request, String.valueOf(e), new Answer.Unavailable());
        }
    }

    /** What can be told without asking anybody is, and who was known before is asked about; the others are strangers. */
    private Answer answer(Request request) {
        Optional<CallerAuthentication.Result> known = request.bearerToken().isEmpty()
                ? Optional.of(withoutToken(request))
                : authentication.known(request.bearerToken());
        if (known.isPresent()) {
            return told(known.get(), request);
        }
        if (authentication.wasAccepted(request.bearerToken())) {
            return told(authentication.authenticate(request.bearerToken()), request);
        }
        if (strangers.enter(request.peer()) instanceof StrangerPlaces.Admission.Refused(String why)) {
            if (renews(request)) {
                return told(byCertificate(request), request);
            }
            meter.increment(Counter.CERTIFICATES_ISSUED, "strangers");
            audit.turnedAway(request, why);
            return new Answer.TooMany();
        }
        CallerAuthentication.Result found;
        try {
            found = authentication.authenticate(request.bearerToken());
        } finally {
            strangers.leave(request.peer());
        }
        return told(found, request);
    }

    /**
     * By token; else by client certificate, also if there is a token that no longer holds: a machine that renews its
     * certificate still has the token it began with.
     */
    private Answer told(CallerAuthentication.Result byToken, Request request) {
        CallerAuthentication.Result found = byToken instanceof CallerAuthentication.Result.Rejected && renews(request)
                ? byCertificate(request)
                : byToken;
        return switch (found) {
            case CallerAuthentication.Result.Rejected(String why) -> {
                meter.increment(Counter.CSR_AUTHENTICATION_FAILURES);
                yield refused("unauthenticated", "unknown", request, why, new Answer.Unauthenticated());
            }
            case CallerAuthentication.Result.Undecided(String why) ->
                refused("unavailable", "unknown", request, why, new Answer.Unavailable());
            case CallerAuthentication.Result.Authenticated(Caller caller) -> underWay(caller, request);
        };
    }

    private static boolean renews(Request request) {
        return !request.bearerToken().isEmpty()
                && !request.clientChain().isEmpty()
                && request.impersonated().isEmpty();
    }

    private Answer underWay(Caller caller, Request request) {
        if (!underWay.tryAcquire()) {
            return refused(
                    "overloaded",
                    caller.toString(),
                    request,
                    UNDER_WAY_MAX + " requests are under way",
                    new Answer.TooMany());
        }
        try {
            return authorized(caller, request);
        } finally {
            underWay.release();
        }
    }

    private CallerAuthentication.Result withoutToken(Request request) {
        return request.clientChain().isEmpty()
                ? new CallerAuthentication.Result.Rejected("there is neither a token nor a client certificate")
                : byCertificate(request);
    }

    private CallerAuthentication.Result byCertificate(Request request) {
        return CertificateCallers.authenticate(
                request.clientChain(), authority.trustBundle().revocationsPem());
    }

    private Answer authorized(Caller caller, Request request) {
        return switch (decide(caller, request)) {
            case IssuingDecision.Refuse(String why) -> {
                meter.increment(Counter.CSR_AUTHENTICATION_FAILURES);
                yield refused("forbidden", caller.toString(), request, why, new Answer.Unauthenticated());
            }
            case IssuingDecision.Issue(SpiffeId identity) ->
                rates.admits(caller, nodeCheck.get().isNodeProxy(caller))
                        ? placed(caller, identity, request)
                        : tooMany(caller, request, "this caller asks more often than it may");
        };
    }

    /** In one of the caller's places. */
    private Answer placed(Caller caller, SpiffeId identity, Request request) {
        if (!callers.enter(caller)) {
            return tooMany(
                    caller, request, "this caller has " + CallersUnderWay.EACH_MAX + " requests under way already");
        }
        try {
            return checked(caller, identity, request);
        } finally {
            callers.leave(caller);
        }
    }

    private Answer tooMany(Caller caller, Request request, String why) {
        return refused("too-many", caller.toString(), request, why, new Answer.TooMany());
    }

    private IssuingDecision decide(Caller caller, Request request) {
        NodeCheck check = nodeCheck.get();
        if (request.impersonated().isEmpty()) {
            return check.own(caller);
        }
        return switch (SpiffeId.parse(request.impersonated().get())) {
            case SpiffeId.Parsed.Valid(SpiffeId wanted) -> check.impersonated(caller, wanted);
            case SpiffeId.Parsed.Malformed(String text, String why) ->
                new IssuingDecision.Refuse("asks for '" + text + "', which is no identity: " + why);
        };
    }

    private Answer checked(Caller caller, SpiffeId identity, Request request) {
        return switch (reading.read(request.csrPem())) {
            case SigningRequestReading.Reading.Unreadable(String why) -> {
                meter.increment(Counter.CSR_PARSING_ERRORS);
                yield invalid(caller, request, why);
            }
            case SigningRequestReading.Reading.Read(RequestFacts facts, PublicKey key) -> {
                Optional<String> objection = RequestRules.objection(facts, identity);
                if (objection.isPresent()) {
                    meter.increment(Counter.CSR_SIGN_ERRORS, "CSR_ERROR");
                    yield invalid(caller, request, objection.get());
                }
                var signing = new CertificateAuthority.SigningRequest(
                        request.csrPem(), key, identity, validity.granted(request.validity()));
                yield sign(caller, request, signing);
            }
        };
    }

    private Answer invalid(Caller caller, Request request, String why) {
        String whole = "certificate request: " + why;
        return refused("invalid", caller.toString(), request, whole, new Answer.InvalidRequest(whole));
    }

    private Answer sign(Caller caller, Request request, CertificateAuthority.SigningRequest signing) {
        try {
            return switch (authority.sign(signing)) {
                case CertificateAuthority.SigningResult.Rejected(String why) -> {
                    meter.increment(Counter.CSR_SIGN_ERRORS, "CERT_GEN_ERROR");
                    yield invalid(caller, request, why);
                }
                case CertificateAuthority.SigningResult.Signed signed -> issued(caller, signing.identity(), signed);
            };
        } catch (CertificateAuthorityException e) {
            meter.increment(Counter.CSR_SIGN_ERRORS, "CA_NOT_READY");
            return refused(
                    "unavailable",
                    caller.toString(),
                    request,
                    String.valueOf(e.getMessage()),
                    new Answer.Unavailable());
        }
    }

    private Answer issued(Caller caller, SpiffeId identity, CertificateAuthority.SigningResult.Signed signed) {
        meter.increment(Counter.CERTIFICATES_ISSUED, "issued");
        meter.increment(Counter.CSR_SUCCESSES);
        audit.issued(identity, caller, signed);
        var chain = new ArrayList<>(signed.chainPem());
        chain.add(signed.rootsPem());
        return new Answer.Issued(identity, chain);
    }

    private Answer refused(String outcome, String caller, Request request, String why, Answer answer) {
        meter.increment(Counter.CERTIFICATES_ISSUED, outcome);
        audit.refused(outcome, caller, request, why);
        return answer;
    }
}
