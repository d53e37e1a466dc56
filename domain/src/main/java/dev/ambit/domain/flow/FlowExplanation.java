package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.policy.PolicyExplanation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What would become of a connection and why, made by {@link FlowExplainer} from the plans that the planners make.
 *
 * @param outbound what the caller's proxy does; empty if the caller is no pod of the mesh
 * @param inbound what the proxy of the pod does that is reached; empty if none in the mesh is, or if it is a waypoint
 */
public record FlowExplanation(Outcome outcome, String summary, Optional<Outbound> outbound, Optional<Inbound> inbound) {

    /** In one word. */
    public enum Outcome {
        /** It arrives. */
        ALLOWED,
        /** Policy says no. */
        DENIED,
        /** It is refused for another reason. */
        REFUSED,
        /** It leaves the mesh or goes to a waypoint, where this proxy does not decide. */
        BEYOND
    }

    /**
     * The caller's side.
     *
     * @param source the pod
     * @param owner whose address it is
     * @param waypoint the one that stands before the owner, and whether it is used; empty if there is none
     * @param endpoints the candidates, chosen or not; only for a service
     * @param omittedEndpoints how many more there are
     * @param plan in words
     * @param refusal empty if there is none
     */
    public record Outbound(
            String source,
            IpPort destination,
            Owner owner,
            String waypoint,
            List<Candidate> endpoints,
            int omittedEndpoints,
            String plan,
            Optional<Refusal> refusal) {
        public Outbound {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * Whom an address belongs to.
     *
     * @param kind {@code service}, {@code workload} or {@code nobody}
     * @param name empty for nobody
     */
    public record Owner(String kind, String name) {}

    /**
     * One endpoint of a service.
     *
     * @param port where it serves what was asked for
     * @param standing {@code candidate}, or why it was left out
     */
    public record Candidate(String workload, OptionalInt port, boolean usable, String standing) {}

    /** Why not. */
    public record Refusal(RefusalWord word, String message) {
        static Refusal of(RefusalReason reason) {
            return new Refusal(reason.word(), reason.message());
        }
    }

    /**
     * The side of the pod that is reached.
     *
     * @param workload the pod
     * @param policies empty if it was refused before policy was asked
     * @param refusal empty if there is none
     */
    public record Inbound(String workload, Optional<PolicyExplanation> policies, Optional<Refusal> refusal) {}
}
