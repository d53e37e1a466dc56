package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.AddressAllocation;
import dev.ambit.domain.service.AddressAllocation.Claimant;
import java.util.List;
import java.util.Map;

/** The addresses that a host of a ServiceEntry gets because it has none. */
record Allocated(Rules rules, Claimant claimant) implements Query<List<IpAddress>> {

    @Override
    public List<IpAddress> answer(Reading reading) {
        return reading.read(new All(rules)).getOrDefault(claimant, List.of());
    }

    @Override
    public int level() {
        return Rules.OF_SEVERAL;
    }

    /** Of all hosts: what one gets depends on what others have. */
    record All(Rules rules) implements Query<Map<Claimant, List<IpAddress>>> {
        @Override
        public Map<Claimant, List<IpAddress>> answer(Reading reading) {
            return AddressAllocation.allocate(
                    reading.read(Members.allocations()),
                    rules.options().features().allocation());
        }

        @Override
        public int level() {
            return Rules.OF_ONE_KIND;
        }
    }
}
