package dev.ambit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Each library has a home. Its types are seen nowhere else, so replacing it touches one folder. */
final class LibraryRules {
    static final List<Rule> ALL = List.of(
            // Services construct event loops and hand them to the adapter; gRPC brings its own TLS context.
            staysIn("netty", "io.netty..", "adapters.netty", "adapters.loom", "adapters.xds", "services"),
            new Rule("xdsUsesNettyThroughGrpc", LibraryRules::xdsUsesNettyThroughGrpc),
            new Rule("loomUsesNettysTlsAndHpack", LibraryRules::loomUsesNettysTlsAndHpack),
            // The test cluster hands out clients to those who test against it.
            staysIn("fabric8", "io.fabric8..", "adapters.k8s", "systemtests.cluster"),
            staysIn("bouncyCastle", "org.bouncycastle..", "adapters.istiodca"),
            staysIn("vaultDriver", "io.github.jopenlibs..", "adapters.vaultca"),
            staysIn("nimbus", "com.nimbusds..", "adapters.istiodca"),
            // ZDS messages are protobuf without gRPC; the control plane hosts the gRPC services of adapters-xds.
            staysIn("protobuf", "com.google.protobuf..", "adapters.xds", "adapters.linux", "services.controlplane"),
            staysIn("grpc", "io.grpc..", "adapters.xds", "services.controlplane"),
            // Everybody logs through SLF4J; one adapter knows what becomes of it.
            staysIn("logback", "ch.qos.logback..", "adapters.telemetry"));

    private static Rule staysIn(String library, String packages, String... homes) {
        return new Rule(
                library + "StaysHome",
                code -> noClasses()
                        .that()
                        .resideOutsideOfPackages(code.layers(homes))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(packages)
                        .because(packages + " is a detail of " + String.join(", ", homes)));
    }

    private static ArchRule xdsUsesNettyThroughGrpc(Code code) {
        return noClasses()
                .that()
                .resideInAPackage(code.layer("adapters.xds"))
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.netty..")
                        .and(JavaClass.Predicates.resideOutsideOfPackages("io.netty.handler.ssl.."))
                        .and(DescribedPredicate.not(HasName.Predicates.name("io.netty.channel.ChannelOption"))))
                .because("gRPC owns the transport of xDS; its TLS context and socket options are ours to set");
    }

    private static ArchRule loomUsesNettysTlsAndHpack(Code code) {
        return noClasses()
                .that()
                .resideInAPackage(code.layer("adapters.loom"))
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.netty..")
                        .and(JavaClass.Predicates.resideOutsideOfPackages(
                                "io.netty.handler.ssl..",
                                "io.netty.internal.tcnative..",
                                "io.netty.handler.codec.http2..",
                                "io.netty.handler.codec",
                                "io.netty.buffer..",
                                "io.netty.util..")))
                .because("it is the transport without event loops, channels and pipelines");
    }

    private LibraryRules() {}
}
