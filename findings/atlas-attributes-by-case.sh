#!/usr/bin/env bash
# org.apache.atlas:atlas-intg 2.4.0: of attributes of one type whose names differ only by case, the last is kept.
# No error, no warning: the first attribute and its type are gone from the definition that is made of the request.
# Needs a JDK (11 or later) and Maven.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.atlas</groupId>
      <artifactId>atlas-intg</artifactId>
      <version>2.4.0</version>
    </dependency>
  </dependencies>
</project>
POM
touch atlas-application.properties # its classes do not load without
echo "log4j.rootLogger=OFF" >log4j.properties
mvn -q -B -Dstyle.color=never -Dmaven.repo.local="$work/repository" dependency:copy-dependencies -DoutputDirectory="$work/jars" >/dev/null

cat >Finding.java <<'JAVA'
import org.apache.atlas.model.typedef.AtlasEntityDef;
import org.apache.atlas.model.typedef.AtlasStructDef.AtlasAttributeDef;
import org.apache.atlas.model.typedef.AtlasTypesDef;
import org.apache.atlas.type.AtlasType;

public class Finding {
    public static void main(String[] none) {
        String attributes = "{'name': 'code', 'typeName': 'string'}, {'name': 'CODE', 'typeName': 'int'}, "
            + "{'name': 'label', 'typeName': 'string'}";
        String request = "{'entityDefs': [{'name': 'Product', 'attributeDefs': [" + attributes + "]}]}";
        AtlasTypesDef read = AtlasType.fromJson(request.replace("'", "\""), AtlasTypesDef.class);
        for (AtlasEntityDef type : read.getEntityDefs()) {
            for (AtlasAttributeDef attribute : type.getAttributeDefs()) {
                System.out.println(attribute.getName() + ": " + attribute.getTypeName());
            }
        }
    }
}
JAVA
java -cp ".:jars/*" Finding.java >seen

cat >expected <<'TEXT'
CODE: int
label: string
TEXT
echo "atlas-intg 2.4.0 keeps of code (string), CODE (int) and label (string):"
cat seen
diff expected seen && echo "As found."
