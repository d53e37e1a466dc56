package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.policy.PolicyExplanation;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;

/**
 * Why a connection was not carried. The same object feeds the log line, the metric label and the HBONE status, so
 * nobody derives it twice.
 */
public sealed interface RefusalReason
        permits RefusalReason.Unreachable,
                RefusalReason.Malformed,
                RefusalReason.Denied,
                RefusalReason.CertificateRevoked,
                RefusalReason.TrustChanged,
                RefusalReason.Draining,
                Superseded {

    /** One line, lower case, that names the value at fault. */
    String message();

    ResponseFlag flag();

    /** What kind of refusal it is: one of few words, for a metric label. */
    RefusalWord word();

    /** More about it, for whoever asks why: one line, at most a few hundred characters; empty if the message says it all. */
    default String why() {
        return "";
    }

    /** The HTTP status of a refused CONNECT (Istio's: 400 malformed, 401 denied, 503 cannot be reached). */
    int hboneStatus();

    /** Nobody is at fault that the caller could name: it cannot be carried, here or now. */
    sealed interface Unreachable extends RefusalReason {
        @Override
        default ResponseFlag flag() {
            return ResponseFlag.CONNECT;
        }

        @Override
        default int hboneStatus() {
            return 503;
        }
    }

    /** The request itself is wrong. */
    sealed interface Malformed extends RefusalReason {
        @Override
        default ResponseFlag flag() {
            return ResponseFlag.CONNECT;
        }

        @Override
        default int hboneStatus() {
            return 400;
        }
    }

    /** Policy says no. */
    sealed interface Denied extends RefusalReason {
        @Override
        default ResponseFlag flag() {
            return ResponseFlag.DENY;
        }

        @Override
        default int hboneStatus() {
            return 401;
        }
    }

    /** The application dialled one of the proxy's own ports. */
    record RecursiveCall(IpPort destination) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.RECURSIVE_CALL;
        }

        @Override
        public String message() {
            return "attempted recursive call to ourselves: " + destination;
        }
    }

    /** The control plane has not (yet) told about the pod whose traffic this is. */
    record WorkloadUnknown(PodRef pod) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.WORKLOAD_UNKNOWN;
        }

        @Override
        public String message() {
            return "workload of pod " + pod + " is not known here (yet): no configuration from the control plane";
        }
    }

    /** The service is known and none of its endpoints can be used. */
    record NoHealthyUpstream(String service, int port) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.NO_HEALTHY_UPSTREAM;
        }

        @Override
        public String message() {
            return "no healthy upstream: service " + service + " port " + port;
        }
    }

    /** A waypoint or network gateway is named and cannot be found; going around it would skip its policy. */
    record GatewayUnknown(GatewayReference gateway) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.GATEWAY_UNKNOWN;
        }

        @Override
        public String message() {
            return "gateway is not known here: " + gateway;
        }
    }

    /** The destination lives in another network, where this connection cannot go. */
    record OtherNetwork(String network, String why) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.OTHER_NETWORK;
        }

        @Override
        public String message() {
            return "destination is in network '" + network + "': " + why;
        }
    }

    /** Behind a network gateway only the names that a service declares are accepted, and it declares none. */
    record NoIdentityDeclared(String service, String network) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.NO_IDENTITY_DECLARED;
        }

        @Override
        public String message() {
            return "service " + service + " declares no subject alternative names, so nobody in network '" + network
                    + "' can prove to serve it";
        }
    }

    /** The endpoint has no address but a host name, and nobody knows an address of that. */
    record HostUnresolved(String hostname, String why) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.HOST_UNRESOLVED;
        }

        @Override
        public String message() {
            return "no address for host name " + hostname + ": " + why;
        }
    }

    /**
     * Policy says no.
     *
     * @param explanation the way to that verdict
     */
    record PolicyDenied(Verdict.DenyReason reason, PolicyExplanation explanation) implements Denied {
        @Override
        public String message() {
            return "connection closed due to policy rejection: " + reason.message();
        }

        @Override
        public RefusalWord word() {
            return RefusalWord.of(reason);
        }

        @Override
        public String why() {
            return explanation.summary();
        }
    }

    /**
     * A policy that arrived after the connection was opened says no.
     *
     * @param explanation the way to that verdict
     */
    record PolicyChanged(Verdict.DenyReason reason, PolicyExplanation explanation) implements Denied {
        @Override
        public String message() {
            return "connection closed due to policy change: " + reason.message();
        }

        @Override
        public RefusalWord word() {
            return RefusalWord.POLICY_CHANGED;
        }

        @Override
        public String why() {
            return explanation.summary();
        }
    }

    /** The CONNECT request cannot be understood. */
    record MalformedRequest(String value, String why) implements Malformed {
        @Override
        public RefusalWord word() {
            return RefusalWord.MALFORMED_REQUEST;
        }

        @Override
        public String message() {
            return "malformed HBONE request '" + value + "': " + why;
        }
    }

    /** The CONNECT asks for an address that is not this pod's. */
    record AddressMismatch(IpAddress asked, IpAddress local) implements Malformed {
        @Override
        public RefusalWord word() {
            return RefusalWord.ADDRESS_MISMATCH;
        }

        @Override
        public String message() {
            return "ip mismatch: " + asked + " != " + local;
        }
    }

    /** The CONNECT names a service or port that this pod does not serve. */
    record DestinationUnknown(String authority) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.DESTINATION_UNKNOWN;
        }

        @Override
        public String message() {
            return "destination is not served here: " + authority;
        }
    }

    /** The pod wants to be reached in a way that this proxy does not know. */
    record NotSupported(String what) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.NOT_SUPPORTED;
        }

        @Override
        public String message() {
            return "not supported by this proxy: " + what;
        }
    }

    /**
     * The other end of a tunnel showed a certificate that its issuer has revoked, when it called or since.
     *
     * @param certificate whose, its serial number and its issuer
     */
    record CertificateRevoked(String certificate) implements RefusalReason {
        @Override
        public String message() {
            return "peer certificate was revoked: " + certificate;
        }

        @Override
        public RefusalWord word() {
            return RefusalWord.CERTIFICATE_REVOKED;
        }

        @Override
        public ResponseFlag flag() {
            return ResponseFlag.CERT_REVOKED;
        }

        @Override
        public int hboneStatus() {
            return 503;
        }
    }

    /**
     * What a tunnel's trust rested on is gone, and its streams did not end in the time they had.
     *
     * @param change what is no longer so
     */
    record TrustChanged(String change) implements RefusalReason {
        @Override
        public String message() {
            return "connection closed because the trust under its tunnel changed: " + change;
        }

        @Override
        public RefusalWord word() {
            return RefusalWord.TRUST_CHANGED;
        }

        @Override
        public ResponseFlag flag() {
            return ResponseFlag.IDENTITY_ERROR;
        }

        @Override
        public int hboneStatus() {
            return 503;
        }
    }

    /** The proxy is going away, or the pod is. */
    record Draining() implements RefusalReason {
        @Override
        public RefusalWord word() {
            return RefusalWord.DRAINING;
        }

        @Override
        public String message() {
            return "connection closed due to connection drain";
        }

        @Override
        public ResponseFlag flag() {
            return ResponseFlag.NONE;
        }

        @Override
        public int hboneStatus() {
            return 503;
        }
    }

    /** The control plane has not told everything yet, so a policy may be missing that nobody has named. */
    record NotSynced() implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.NOT_SYNCED;
        }

        @Override
        public String message() {
            return "not synced: the configuration has not arrived from the control plane completely (yet)";
        }
    }

    /** What the connection rests on was asked for by name, and is not known in time. */
    record NameUnanswered(String name, String cause) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.NAME_UNANSWERED;
        }

        @Override
        public String message() {
            return "the control plane was asked what " + name + " is: " + cause;
        }
    }

    /** The pod's workload has gone, and with it what says which policies protect it. */
    record WorkloadGone(PodRef pod) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.WORKLOAD_GONE;
        }

        @Override
        public String message() {
            return "workload of pod " + pod + " is gone from the configuration, and with it its policies";
        }
    }

    /** The workload has, or the node has, as many connections as it may. */
    record LimitReached(PodRef pod, FairShare.Limit limit, int allowed) implements Unreachable {
        @Override
        public RefusalWord word() {
            return RefusalWord.LIMIT_REACHED;
        }

        @Override
        public String message() {
            return "limit reached: " + limit.what() + " " + pod + ": " + limit.variable() + " allows " + allowed;
        }
    }
}
