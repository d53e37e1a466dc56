package dev.ambit.adapters.xds.ca;

import static dev.ambit.adapters.xds.ca.Der.BIT_STRING;
import static dev.ambit.adapters.xds.ca.Der.BOOLEAN;
import static dev.ambit.adapters.xds.ca.Der.INTEGER;
import static dev.ambit.adapters.xds.ca.Der.OBJECT_IDENTIFIER;
import static dev.ambit.adapters.xds.ca.Der.OCTET_STRING;
import static dev.ambit.adapters.xds.ca.Der.SEQUENCE;
import static dev.ambit.adapters.xds.ca.Der.SET;

import dev.ambit.domain.identity.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A fresh P-256 key and the PKCS#10 request (RFC 2986) for its certificate: no subject, one URI SAN, ECDSA-SHA256.
 *
 * <p>Written by hand, because it is one fixed form: the library that could do it was part of what each node proxy paid for in
 * memory and start (docs/adr/0026-what-a-node-proxy-does-without.md).
 */
record SigningKey(KeyPair keys, String csrPem) {
    /** pkcs-9-at-extensionRequest, 1.2.840.113549.1.9.14 (RFC 2985, section 5.4.2). */
    private static final byte[] EXTENSION_REQUEST = oid("2a864886f70d01090e");

    /** id-ce-subjectAltName, 2.5.29.17 (RFC 5280, section 4.2.1.6). */
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = oid("551d11");

    /** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758, section 3.2). */
    private static final byte[] ECDSA_WITH_SHA256 = oid("2a8648ce3d040302");

    /** uniformResourceIdentifier of a GeneralName: context-specific, primitive, 6. */
    private static final int URI = 0x86;

    /** The attributes of a request: context-specific, constructed, 0. */
    private static final int ATTRIBUTES = 0xa0;

    private static final byte[] VERSION_1 = Der.value(INTEGER, new byte[] {0});
    private static final byte[] TRUE = Der.value(BOOLEAN, new byte[] {(byte) 0xff});
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    static SigningKey generate(SpiffeId identity) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        return new SigningKey(
                keys,
                "-----BEGIN CERTIFICATE REQUEST-----\n" + LINES.encodeToString(csr(keys, identity))
                        + "\n-----END CERTIFICATE REQUEST-----\n");
    }

    private static byte[] csr(KeyPair keys, SpiffeId identity) throws GeneralSecurityException {
        byte[] names = Der.value(SEQUENCE, Der.value(URI, identity.toString().getBytes(StandardCharsets.US_ASCII)));
        // Critical, because the subject is empty (RFC 5280, section 4.1.2.6).
        byte[] extension = Der.value(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, TRUE, Der.value(OCTET_STRING, names));
        byte[] attribute = Der.value(SEQUENCE, EXTENSION_REQUEST, Der.value(SET, Der.value(SEQUENCE, extension)));
        byte[] info = Der.value(
                SEQUENCE,
                VERSION_1,
                Der.value(SEQUENCE),
                keys.getPublic().getEncoded(),
                Der.value(ATTRIBUTES, attribute));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(info);
        return Der.value(
                SEQUENCE,
                info,
                Der.value(SEQUENCE, ECDSA_WITH_SHA256),
                Der.value(BIT_STRING, new byte[] {0}, signature.sign()));
    }

    private static byte[] oid(String hex) {
        return Der.value(OBJECT_IDENTIFIER, HexFormat.of().parseHex(hex));
    }
}
