#!/usr/bin/env bash
# org.apache.atlas:atlas-intg 2.4.0: a whole number for a `bigdecimal` goes through a double on its way.
# JSON's 9007199254740993 is stored as 9007199254740992; the same number as text, or in a `biginteger`, stays as it is.
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
import org.apache.atlas.type.AtlasType;
import org.apache.atlas.type.AtlasTypeRegistry;

public class Finding {
    public static void main(String[] none) throws Exception {
        AtlasTypeRegistry types = new AtlasTypeRegistry();
        Object number = AtlasType.fromJson("[9007199254740993]", java.util.List.class).get(0); // as a request brings it
        for (String type : new String[] {"bigdecimal", "biginteger"}) {
            AtlasType known = types.getType(type);
            System.out.println(type + " of a number: " + known.getNormalizedValue(number));
            System.out.println(type + " of a text: " + known.getNormalizedValue(number.toString()));
        }
    }
}
JAVA
java -cp ".:jars/*" Finding.java >seen

cat >expected <<'TEXT'
bigdecimal of a number: 9007199254740992
bigdecimal of a text: 9007199254740993
biginteger of a number: 9007199254740993
biginteger of a text: 9007199254740993
TEXT
echo "atlas-intg 2.4.0 stores 9007199254740993 as:"
cat seen
diff expected seen && echo "As found."
