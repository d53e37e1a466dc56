package dev.ambit.services.controlplane.golden;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.ambit.domain.address.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A protobuf message as plain data with the field names of the proto file; what is at its default is not there. */
final class PlainData {
    private PlainData() {}

    static Map<String, Object> of(Message message) {
        var fields = new LinkedHashMap<String, Object>();
        message.getAllFields().forEach((field, value) -> fields.put(field.getName(), value(field, value)));
        return fields;
    }

    private static Object value(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            var entries = new LinkedHashMap<String, Object>();
            for (Object each : (List<?>) value) {
                var entry = (MapEntry<?, ?>) each;
                entries.put(String.valueOf(entry.getKey()), single(entry.getValue()));
            }
            return entries;
        }
        if (field.isRepeated()) {
            var list = new ArrayList<>();
            ((List<?>) value).forEach(each -> list.add(single(each)));
            return list;
        }
        return single(value);
    }

    private static Object single(Object value) {
        return switch (value) {
            case UInt32Value number -> number.getValue();
            case Message message -> of(message);
            case EnumValueDescriptor constant -> constant.getName();
            // All bytes in these messages are addresses.
            case ByteString bytes ->
                IpAddress.ofBytes(bytes.toByteArray()).orElseThrow().toString();
            default -> value;
        };
    }
}
