package dev.ambit.ports.telemetry;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.workload.Locality;
import java.time.Duration;

/** Connections to tell about. */
public final class Flows {
    public static final Party CART = new Party(
            "cart",
            "cart-1",
            "shop",
            "cart-svc",
            "v1",
            "Kubernetes",
            "spiffe://cluster.local/ns/shop/sa/cart",
            new Locality("eu", "eu-a", ""));
    public static final Party BANK = new Party(
            "bank",
            "bank-2",
            "money",
            "bank-svc",
            "v2",
            "Kubernetes",
            "spiffe://cluster.local/ns/money/sa/bank",
            new Locality("us", "us-b", ""));
    public static final ServiceParty BANK_SERVICE = new ServiceParty("bank.money.svc.cluster.local", "bank", "money");

    private Flows() {}

    /** The shopping cart talks to the bank. */
    public static FlowContext tunnel(Reporter reporter) {
        return new FlowContext(
                reporter,
                CART,
                BANK,
                BANK_SERVICE,
                IpPort.of("10.0.0.1", 40000),
                IpPort.of("10.0.0.2", 15008),
                "10.0.0.2:80",
                true);
    }

    /** Someone talks to someone. */
    public static FlowContext unknown(Reporter reporter) {
        return new FlowContext(
                reporter,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                IpPort.of("192.0.2.1", 1234),
                IpPort.of("2001:db8::1", 443),
                "",
                false);
    }

    public static FlowReport over(FlowContext context, FlowOutcome outcome) {
        return new FlowReport(context, 100, 2000, Duration.ofMillis(12), outcome);
    }
}
