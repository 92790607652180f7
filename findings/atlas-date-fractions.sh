#!/usr/bin/env bash
# org.apache.atlas:atlas-intg 2.4.0: a date written as text takes the digits after the point as a count of milliseconds.
# Half a second ("…05.5Z") becomes 5 ms, six digits become minutes, month 13 is next year's January, and all of it is
# valid; a whole second without a fraction is not. Needs a JDK (11 or later) and Maven.
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
import java.util.Date;
import org.apache.atlas.type.AtlasType;
import org.apache.atlas.type.AtlasTypeRegistry;

public class Finding {
    public static void main(String[] texts) throws Exception {
        AtlasType date = new AtlasTypeRegistry().getType("date");
        for (String text : texts) {
            Object read = date.getNormalizedValue(text);
            String what = date.isValidValue(text) ? ((Date) read).toInstant().toString() : "refused";
            System.out.println(text + " is " + what);
        }
    }
}
JAVA
java -Duser.timezone=UTC -cp ".:jars/*" Finding.java \
  2024-01-02T03:04:05.500Z 2024-01-02T03:04:05.5Z 2024-01-02T03:04:05.123456Z 2024-13-02T03:04:05.000Z \
  2024-01-02T03:04:05Z >seen

cat >expected <<'TEXT'
2024-01-02T03:04:05.500Z is 2024-01-02T03:04:05.500Z
2024-01-02T03:04:05.5Z is 2024-01-02T03:04:05.005Z
2024-01-02T03:04:05.123456Z is 2024-01-02T03:06:08.456Z
2024-13-02T03:04:05.000Z is 2025-01-02T03:04:05Z
2024-01-02T03:04:05Z is refused
TEXT
echo "atlas-intg 2.4.0 reads dates:"
cat seen
diff expected seen && echo "As found."
