using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using static MLNet.Sequence.Tests.PackageDocumentation;

namespace MLNet.Sequence.Tests;

/// <summary>Every public member of a package is documented in the XML file next to its assembly.</summary>
[TestClass]
public sealed class DocumentationTests
{
    public static IEnumerable<Assembly[]> Packages => [[typeof(ForecastingMetrics).Assembly], [typeof(SequenceTransformer).Assembly]];

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Everything_public_has_documentation(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wanted = [.. package.GetExportedTypes().Where(IsWritten).SelectMany(type => Members(type).Select(Id).Prepend("T:" + Plain(type)))];
        Assert.IsGreaterThan(300, wanted.Length);
        string[] missing = [.. wanted.Where(id => !written.TryGetValue(id, out XElement? own) || !HasText(own)).Order(StringComparer.Ordinal)];
        Assert.IsEmpty(missing, string.Join("\n", missing));
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Every_parameter_has_documentation(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wrong =
        [
            .. from type in package.GetExportedTypes().Where(IsWritten)
               from method in Members(type).OfType<MethodBase>()
               where written.TryGetValue(Id(method), out XElement? own) && !own.Descendants("inheritdoc").Any()
               let documented = written[Id(method)].Elements("param").Where(HasText).Select(element => (string)element.Attribute("name")!).ToArray()
               // The parameters of overrides and operators need no documentation.
               where !method.IsVirtual && !method.IsSpecialName || method.IsConstructor
               // The first parameter of an extension member is documented on its block.
               from parameter in method.GetParameters()
                   .Skip(((string)written[Id(method)].Attribute("name")!).Contains(ExtensionBlock, StringComparison.Ordinal) ? 1 : 0)
               where !documented.Contains(parameter.Name)
               select $"{Id(method)}: {parameter.Name}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void The_text_of_an_optional_parameter_names_its_default(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wrong =
        [
            .. from type in package.GetExportedTypes().Where(IsWritten)
               from method in Members(type).OfType<MethodBase>()
               let own = written[Id(method)]
               where !own.Descendants("inheritdoc").Any()
               from parameter in method.GetParameters().Where(parameter => parameter.HasDefaultValue)
               let text = Text(own.Elements("param").Single(element => (string)element.Attribute("name")! == parameter.Name))
               let mayBeNull = parameter.DefaultValue is null && parameter.ParameterType != typeof(CancellationToken)
               where !Regex.IsMatch(text, mayBeNull ? "null[:,]" : "default", RegexOptions.IgnoreCase)
               select $"{Id(method)}: {parameter.Name}: {text}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    // A text that consists of the member's own name and articles adds nothing to the name.
    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Every_text_says_more_than_the_name(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wrong =
        [
            .. from type in package.GetExportedTypes().Where(IsWritten)
               from id in Members(type).Select(Id).Prepend("T:" + Plain(type))
               let own = written[id]
               where !own.Descendants("inheritdoc").Any()
               let name = Words(id.Split('(')[0].Split('.')[^1])
               let said = Words(Text(own.Element("summary"))).Except(name).Except(["a", "an", "the", "of", "is", "in", "to", "its", "this"])
               where said.Count() < 4
               select $"{id}: {Text(own.Element("summary"))}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void The_text_of_a_member_that_throws_names_the_exception(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        Dictionary<MethodBase, MethodBase[]> calls = AssemblyReferences.Calls(package).ToDictionary(call => call.Method, call => call.Called);
        string[] wrong =
        [
            .. from type in package.GetExportedTypes().Where(IsWritten)
               from member in Members(type)
               let own = written[Id(member)]
               where !own.Descendants("inheritdoc").Any()
               // A text does not have to say that null is refused.
               from called in Bodies(member).SelectMany(body => calls.GetValueOrDefault(body) ?? [])
               where called.IsConstructor || called.Name.StartsWith("ThrowIf", StringComparison.Ordinal)
                   && !called.Name.StartsWith("ThrowIfNull", StringComparison.Ordinal)
               let exception = called.DeclaringType!
               where typeof(Exception).IsAssignableFrom(exception)
               where !own.Elements("exception").Any(element => Names(exception).Contains((string)element.Attribute("cref")!))
               select $"{Id(member)}: {exception.Name}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    // The text of a property names its default, or says that it is required.
    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Options_say_their_defaults(Assembly package)
    {
        string[] wrong = [.. Options(package).Where(option => !option.Text.Contains("default", StringComparison.OrdinalIgnoreCase))
            .Select(option => option.Name)];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Options_that_are_numbers_say_their_range(Assembly package)
    {
        string[] wrong =
        [
            .. from option in Options(package)
               let type = Nullable.GetUnderlyingType(option.Property.PropertyType) ?? option.Property.PropertyType
               where type.IsPrimitive && type != typeof(bool)
               where !Regex.IsMatch(option.Text, @"at least|above|from \S+ to|in [\[(]|or more|\bany\b|\d to \d", RegexOptions.IgnoreCase)
               select $"{option.Name}: {option.Text}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void A_documented_default_is_the_actual_one(Assembly package)
    {
        List<string> wrong = [];
        int compared = 0;
        foreach ((Type owner, PropertyInfo property, string name, string text) in Options(package).Where(option => option.Owner.GetConstructor([]) is not null))
        {
            object? held = property.GetValue(Activator.CreateInstance(owner));
            Match said = Regex.Match(text, @"(null|none|empty), the default|Default:? (null|none|[\d.,e−-]*\d(?!\w)|true|false|""[^""]*""|(?-i:[A-Z]\w+))",
                RegexOptions.IgnoreCase);
            if (!said.Success)
                continue;
            compared++;
            if (!Same(said.Groups[1].Success ? said.Groups[1].Value : said.Groups[2].Value, property, held))
                wrong.Add($"{name}: '{said.Value}', but it is {held ?? "null"}");
        }

        Assert.IsEmpty(wrong, string.Join("\n", wrong));
        Assert.IsGreaterThan(60, compared);
    }

    private static bool Same(string said, PropertyInfo property, object? held) => said switch
    {
        "null" or "Null" => held is null,
        "none" or "empty" or "Empty" => held is null || held is System.Collections.IEnumerable items and not string && !items.Cast<object>().Any(),
        "true" or "false" => Equals(held, said == "true"),
        ['"', .. var text, '"'] => Equals(held, text),
        _ when double.TryParse(said.Replace('−', '-'), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double number) =>
            held is IConvertible and not string && Math.Abs(Convert.ToDouble(held, CultureInfo.InvariantCulture) - number) <= 1e-6 * Math.Abs(number),
        _ => held is not null && (held.ToString() == said || held.GetType().Name == said
            || Equals(held, property.PropertyType.GetProperty(said, BindingFlags.Public | BindingFlags.Static)?.GetValue(null))),
    };

    private static IEnumerable<MethodBase> Bodies(MemberInfo member) => member switch
    {
        MethodBase method => [method],
        PropertyInfo property => property.GetAccessors(nonPublic: true),
        _ => [],
    };

    private static IEnumerable<string> Names(Type exception)
    {
        for (Type? type = exception; type != typeof(Exception) && type is not null; type = type.BaseType)
            yield return "T:" + type.FullName;
    }

    private static string[] Words(string text) => [.. Regex.Matches(text, @"\p{Lu}?\p{Ll}+|\p{Lu}+|\d+").Select(match => match.Value.ToLowerInvariant())];
}
