package dev.ambit.services.cli.scale;

import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A table: a row per figure, a column per contender, medians of the rounds. */
record ScaleReport(List<Figure> figures) {

    void print(PrintStream out) {
        out.printf(Locale.ROOT, "%-58s %12s %12s %8s%n", "", "ours", "peer", "ratio");
        var rows = new LinkedHashSet<String>();
        figures.forEach(figure -> rows.add(figure.what()));
        for (String what : rows) {
            Optional<Double> ours = median("ours", what);
            Optional<Double> peer = median("peer", what);
            String unit = figures.stream()
                    .filter(figure -> figure.what().equals(what))
                    .findFirst()
                    .map(Figure::unit)
                    .orElse("");
            String ratio = ours.isPresent() && peer.isPresent() && peer.get() > 0
                    ? String.format(Locale.ROOT, "%.2f", ours.get() / peer.get())
                    : "-";
            out.printf(Locale.ROOT, "%-58s %12s %12s %8s%n", what + ", " + unit, shown(ours), shown(peer), ratio);
        }
    }

    private static String shown(Optional<Double> value) {
        return value.map(known -> String.format(Locale.ROOT, known >= 1000 ? "%.0f" : "%.2f", known))
                .orElse("-");
    }

    private Optional<Double> median(String contender, String what) {
        List<Double> values = figures.stream()
                .filter(figure ->
                        figure.contender().equals(contender) && figure.what().equals(what))
                .map(Figure::value)
                .sorted()
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() / 2));
    }
}
