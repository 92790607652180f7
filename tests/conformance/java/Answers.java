import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.atlas.exception.AtlasBaseException;
import org.apache.atlas.model.instance.AtlasEntity;
import org.apache.atlas.model.typedef.AtlasStructDef.AtlasAttributeDef.Cardinality;
import org.apache.atlas.model.typedef.AtlasTypesDef;
import org.apache.atlas.type.AtlasArrayType;
import org.apache.atlas.type.AtlasEntityType;
import org.apache.atlas.type.AtlasType;
import org.apache.atlas.type.AtlasTypeRegistry;
import org.apache.atlas.type.AtlasTypeRegistry.AtlasTransientTypeRegistry;
import org.apache.atlas.type.AtlasTypeUtil;

/** Answers questions, one JSON object a line, with what Apache Atlas's own type classes say; one line an answer. */
public final class Answers {
    private Answers() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever a library prints is no answer
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.println(AtlasType.toJson(answer(AtlasType.fromJson(line, Map.class))));
        }
    }

    private static Map<String, Object> answer(Map<?, ?> question) {
        Map<String, Object> found = new LinkedHashMap<>();
        try {
            AtlasTypeRegistry known = registry(question.get("types"));
            if (question.containsKey("entity")) {
                entity(known.getEntityTypeByName((String) question.get("entity")), question, found);
            } else if (question.containsKey("type")) {
                value(type(known, question), question, found);
            } else {
                families(known, question, found);
            }
        } catch (AtlasBaseException refused) {
            found.put("code", refused.getAtlasErrorCode().getErrorCode());
            found.put("text", refused.getMessage());
        } catch (RuntimeException thrown) {
            found.put("thrown", thrown.getClass().getSimpleName());
        }
        return found;
    }

    /** A registry that holds the types of the question beside the primitive ones. */
    private static AtlasTypeRegistry registry(Object types) throws AtlasBaseException {
        AtlasTypeRegistry known = new AtlasTypeRegistry();
        if (types != null) {
            AtlasTransientTypeRegistry open = known.lockTypeRegistryForUpdate();
            boolean good = false;
            try {
                open.addTypes(AtlasType.fromJson(AtlasType.toJson(types), AtlasTypesDef.class));
                good = true;
            } finally {
                known.releaseTypeRegistryForUpdate(open, good);
            }
        }
        return known;
    }

    private static AtlasType type(AtlasTypeRegistry known, Map<?, ?> question) throws AtlasBaseException {
        AtlasType type = known.getType((String) question.get("type"));
        if (question.containsKey("cardinality")) {
            ((AtlasArrayType) type).setCardinality(Cardinality.valueOf((String) question.get("cardinality")));
        }
        return type;
    }

    private static void value(AtlasType type, Map<?, ?> question, Map<String, Object> found) {
        if (question.containsKey("other")) {
            found.put("equal", type.areEqualValues(question.get("value"), question.get("other"), null));
            return;
        }
        if (question.containsKey("unset")) {
            found.put("unset", type.createOptionalDefaultValue());
            return;
        }
        found.put("valid", type.isValidValue(question.get("value")));
        found.put("stored", type.getNormalizedValue(question.get("value")));
    }

    /** What is wrong with the attributes of an entity, and what they are once they are stored. */
    private static void entity(AtlasEntityType type, Map<?, ?> question, Map<String, Object> found) {
        AtlasEntity entity = new AtlasEntity(type.getTypeName());
        ((Map<?, ?>) question.get("attributes")).forEach((name, value) -> entity.setAttribute((String) name, value));
        List<String> messages = new ArrayList<>();
        found.put("valid", type.validateValue(entity, type.getTypeName(), messages));
        found.put("messages", messages);
        Object stored = type.getNormalizedValue(entity);
        found.put("stored", stored == null ? null : new TreeMap<>(entity.getAttributes()));
    }

    /** The attributes that each entity type has in the end, its ancestors' too. */
    private static void families(AtlasTypeRegistry known, Map<?, ?> question, Map<String, Object> found)
            throws AtlasBaseException {
        for (Object name : (List<?>) question.get("families")) {
            AtlasEntityType type = known.getEntityTypeByName((String) name);
            found.put((String) name, type == null ? null : new TreeSet<>(type.getAllAttributes().keySet()));
        }
    }
}
