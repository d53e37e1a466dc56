package dev.ambit.adapters.istiodca;

import dev.ambit.ports.ca.SigningRequestReading;
import dev.ambit.ports.ca.SigningRequestReadingContract;

final class BouncySigningRequestReadingContractTest extends SigningRequestReadingContract {
    @Override
    protected SigningRequestReading reading() {
        return new BouncySigningRequestReading();
    }
}
