package dev.ambit.adapters.k8s.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers to every query somebody wants, and to those that they were found from.
 *
 * <p>When an input gets another value, the queries that read it are asked again; only if their answers differ, those
 * that read them, and so on upwards. An answer nobody reads any more is forgotten. So a change costs what depends on it,
 * whatever else is known. The answers are those that a fresh start with the same inputs would find.
 *
 * <p>For one thread.
 */
public final class Answers {
    private final Map<Query<?>, Cell> cells = new HashMap<>();
    /** By level, what has to be asked again. */
    private final List<Set<Cell>> stale = new ArrayList<>();

    private final ArrayDeque<Cell> unread = new ArrayDeque<>();
    private long stamp;
    private long asked;

    /** A wanted query that has another answer than before. */
    public record Change(Query<?> query) {}

    /** Gives an input another value. Counts from the next {@link #refresh}. */
    public <V> void set(Input<V> input, V value) {
        Cell cell = cells.get(input);
        if (cell == null) {
            cell = new Cell(input);
            cells.put(input, cell);
        }
        cell.set = true;
        if (!value.equals(cell.value)) {
            cell.value = value;
            spread(cell);
        }
    }

    /** Takes an input's value back. */
    public <V> void unset(Input<V> input) {
        Cell cell = cells.get(input);
        if (cell == null || !cell.set) {
            return;
        }
        set(input, input.unset());
        cell.set = false;
        unread.add(cell);
    }

    /** Finds a query's answer at the next {@link #refresh}, and keeps it up to date. */
    public void want(Query<?> query) {
        Cell cell = cells.computeIfAbsent(query, Cell::new);
        if (!cell.wanted) {
            cell.wanted = true;
            mark(cell);
        }
    }

    /** Stops that, and forgets the answer unless another query reads it. */
    public void unwant(Query<?> query) {
        Cell cell = cells.get(query);
        if (cell != null && cell.wanted) {
            cell.wanted = false;
            unread.add(cell);
        }
    }

    /**
     * Brings every answer up to date.
     *
     * @return the wanted queries that have another answer now, or their first, in no particular order
     */
    public List<Change> refresh() {
        var changes = new ArrayList<Change>();
        for (int level = 0; level < stale.size(); level++) {
            Set<Cell> cellsOfLevel = stale.get(level);
            for (Cell cell : cellsOfLevel) {
                cell.stale = false;
                if (refresh(cell)) {
                    spread(cell);
                    if (cell.wanted) {
                        changes.add(new Change(cell.query));
                    }
                }
            }
            cellsOfLevel.clear();
        }
        forgetUnread();
        return changes;
    }

    /** The answer of a wanted query, as of the last {@link #refresh}; null if it is not wanted. */
    public <V> @Nullable V get(Query<V> query) {
        Cell cell = cells.get(query);
        return cell == null || !cell.wanted ? null : cell.valueOf(query);
    }

    /** How many answers are remembered. */
    public int size() {
        return cells.size();
    }

    /** How many queries were answered since the beginning: what a change cost is the difference. */
    public long asked() {
        return asked;
    }

    private void spread(Cell cell) {
        cell.readers().forEach(this::mark);
    }

    private void mark(Cell cell) {
        if (cell.stale) {
            return;
        }
        int level = cell.query.level();
        while (stale.size() <= level) {
            stale.add(new LinkedHashSet<>());
        }
        cell.stale = true;
        stale.get(level).add(cell);
    }

    /** Whether the answer is another one now. */
    private boolean refresh(Cell cell) {
        if (!cell.wanted && cell.readers().isEmpty()) {
            unread.add(cell);
            return false;
        }
        Object before = cell.value;
        find(cell);
        return !cell.hasValue(before);
    }

    private void find(Cell cell) {
        asked++;
        var reads = new ArrayList<Cell>();
        Object value;
        try {
            value = cell.query.answer(new CellReading(cell, reads));
        } catch (RuntimeException failure) {
            value = new Failed(failure);
        }
        cell.value = value;
        connect(cell, reads.toArray(Cell[]::new));
    }

    private void connect(Cell cell, Cell[] reads) {
        Cell[] before = cell.reads;
        if (Arrays.equals(before, reads)) {
            return;
        }
        cell.reads = reads;
        long now = ++stamp;
        for (Cell read : reads) {
            read.stamp = now;
            read.addReader(cell);
        }
        for (Cell read : before) {
            if (read.stamp != now) {
                read.removeReader(cell);
                if (read.readers().isEmpty()) {
                    unread.add(read);
                }
            }
        }
    }

    private void forgetUnread() {
        while (!unread.isEmpty()) {
            Cell cell = unread.poll();
            if (cell.set || cell.wanted || !cell.readers().isEmpty()) {
                continue;
            }
            if (cells.remove(cell.query, cell)) {
                connect(cell, Cell.NONE);
            }
        }
    }

    /** What one query reads while it is answered. */
    private final class CellReading implements Reading {
        private final Cell reader;
        private final List<Cell> reads;

        CellReading(Cell reader, List<Cell> reads) {
            this.reader = reader;
            this.reads = reads;
        }

        @Override
        public <V> V read(Query<V> query) {
            if (query.level() >= reader.query.level()) {
                throw new IllegalStateException(reader.query + " must not read " + query + ": it is not below it");
            }
            Cell cell = cells.get(query);
            if (cell == null) {
                cell = new Cell(query);
                cells.put(query, cell);
                find(cell);
            }
            reads.add(cell);
            return cell.valueOf(query);
        }
    }

    /** An answer that could not be found. */
    private record Failed(RuntimeException failure) {}

    /** One query with its answer, what it was found from, and who reads it. Compared by identity. */
    private static final class Cell {
        private static final Cell[] NONE = {};

        private final Query<?> query;
        private @Nullable Object value;
        private Cell[] reads = NONE;
        private final Readers<Cell> readers = new Readers<>();
        private boolean set;
        private boolean wanted;
        private boolean stale;
        private long stamp;

        Cell(Query<?> query) {
            this.query = query;
        }

        @SuppressWarnings({"unchecked", "unused"}) // the answer to a query is of the query's type
        <V> V valueOf(Query<V> asked) {
            if (value instanceof Failed(RuntimeException failure)) {
                throw failure;
            }
            return (V) Objects.requireNonNull(value);
        }

        boolean hasValue(@Nullable Object other) {
            return Objects.equals(value, other);
        }

        Readers<Cell> readers() {
            return readers;
        }

        void addReader(Cell reader) {
            readers.add(reader);
        }

        void removeReader(Cell reader) {
            readers.remove(reader);
        }
    }
}
