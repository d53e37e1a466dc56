package dev.ambit.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Compiled code to check.
 *
 * @param root the base package, above {@code domain}, {@code ports}, {@code adapters} and {@code services}
 * @param main what was written by hand; generated classes are left out
 * @param tests of ports and adapters: the contract suites and who runs them
 */
record Code(String root, JavaClasses main, JavaClasses tests) {

    private static final String PRODUCT = "dev.ambit";
    private static final String BROKEN = "dev.ambit.architecture.fixtures.broken";
    private static final String SOUND = "dev.ambit.architecture.fixtures.sound";

    /**
     * The product, read from the class folders of all modules rather than from the class path, so that tests of adapters
     * are there too and a stale jar is not.
     *
     * @throws AssertionError if a module is not built or is empty: a rule over nothing would pass
     */
    static Code ofProduct(Repository repository) {
        Set<String> written = repository.mainSources();
        for (String module : repository.modulesWithCode()) {
            JavaClasses own = new ClassFileImporter().importPath(repository.classFolder(module, "classes"));
            boolean empty =
                    own.stream().filter(type -> isWritten(type, written)).allMatch(Code::isPackageInfo);
            if (empty) {
                throw new AssertionError(
                        "module " + module + " has no class of its own: rules over it would check nothing");
            }
        }
        List<Path> mains = repository.modulesWithCode().stream()
                .map(module -> repository.classFolder(module, "classes"))
                .toList();
        List<Path> tests = repository.modulesWithContracts().stream()
                .map(module -> repository.classFolder(module, "test-classes"))
                .toList();
        JavaClasses main = new ClassFileImporter()
                .importPaths(mains)
                .that(DescribedPredicate.describe("written by hand", type -> isWritten(type, written)));
        return new Code(PRODUCT, main, new ClassFileImporter().importPaths(tests));
    }

    static Code ofBrokenFixture(Rule rule) {
        return ofFixture(BROKEN + "." + rule.name().toLowerCase(java.util.Locale.ROOT));
    }

    static Code ofSoundFixture() {
        return ofFixture(SOUND);
    }

    /** In a fixture, tests lie beside what they test and are known by their names. */
    private static Code ofFixture(String root) {
        JavaClasses all = new ClassFileImporter().importPackages(root);
        DescribedPredicate<JavaClass> test = DescribedPredicate.describe(
                "tests",
                type -> type.getSimpleName().endsWith("Test")
                        || type.getSimpleName().endsWith("Contract"));
        return new Code(root, all.that(DescribedPredicate.not(test)), all.that(test));
    }

    /** A package and those below it, for ArchUnit: {@code layer("adapters.netty")}. */
    String layer(String name) {
        return root + "." + name + "..";
    }

    String[] layers(String... names) {
        return Stream.of(names).map(this::layer).toArray(String[]::new);
    }

    boolean isIn(JavaClass type, String layer) {
        String name = type.getPackageName() + ".";
        return name.startsWith(root + "." + layer + ".");
    }

    static boolean isPackageInfo(JavaClass type) {
        return type.getSimpleName().equals("package-info");
    }

    private static boolean isWritten(JavaClass type, Set<String> written) {
        return type.getSource()
                .flatMap(source -> source.getFileName())
                .map(file -> type.getPackageName().replace('.', '/') + "/" + file)
                .filter(written::contains)
                .isPresent();
    }
}
