package dev.ambit.domain.policy;

import java.util.List;

/**
 * The answer to "may this connection be opened?", with its evidence.
 *
 * <p>{@code dryRun} lists what dry-run policies would have done; it never changes the answer.
 */
public sealed interface Verdict {

    List<DryRunOutcome> dryRun();

    record Allowed(AllowReason reason, List<DryRunOutcome> dryRun) implements Verdict {
        public Allowed {
            dryRun = List.copyOf(dryRun);
        }
    }

    record Denied(DenyReason reason, List<DryRunOutcome> dryRun) implements Verdict {
        public Denied {
            dryRun = List.copyOf(dryRun);
        }
    }

    /** Why a connection is allowed. */
    sealed interface AllowReason {
        /** No enforced ALLOW policy protects the workload. */
        record NoAllowPolicy() implements AllowReason {}

        record AllowedBy(PolicyName policy) implements AllowReason {}
    }

    /** Why a connection is denied. The access log prints {@link #message}. */
    sealed interface DenyReason {
        /** One line, lower case, that names the policy. */
        String message();

        record DeniedBy(PolicyName policy) implements DenyReason {
            @Override
            public String message() {
                return "explicitly denied by: " + policy;
            }
        }

        /** ALLOW policies protect the workload and none of them matched. */
        record NoAllowMatched(List<PolicyName> considered) implements DenyReason {
            public NoAllowMatched {
                considered = List.copyOf(considered);
            }

            @Override
            public String message() {
                return "allow policies exist, but none allowed: " + considered;
            }
        }

        /**
         * The workload names a policy that has not arrived. Letting the caller in could let in someone whom that policy
         * refuses, so nobody is let in until it arrives.
         */
        record PolicyMissing(PolicyName policy) implements DenyReason {
            @Override
            public String message() {
                return "policy named by the workload is not known here (yet): " + policy;
            }
        }
    }

    /** A dry-run policy that matched, and what it would have done. */
    record DryRunOutcome(PolicyName policy, AuthorizationPolicy.Action action) {}
}
