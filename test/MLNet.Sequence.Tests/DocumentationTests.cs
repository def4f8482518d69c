using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Tests;

/// <summary>Everything that a package offers has documentation, in the file that comes with its assembly.</summary>
[TestClass]
public sealed class DocumentationTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IEnumerable<Assembly[]> Packages => [[typeof(ForecastingMetrics).Assembly], [typeof(SequenceTransformer).Assembly]];

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Everything_public_has_documentation(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wanted = [.. package.GetExportedTypes().Where(IsWritten).SelectMany(type => Members(type).Select(Id).Prepend("T:" + Plain(type)))];
        Assert.IsGreaterThan(300, wanted.Length);
        string[] missing = [.. wanted.Where(id => !written.TryGetValue(id, out XElement? own) || !Says(own)).Order(StringComparer.Ordinal)];
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
               let told = written[Id(method)].Elements("param").Where(Says).Select(element => (string)element.Attribute("name")!).ToArray()
               // Whoever overrides or compares tells nothing new of what is given.
               where !method.IsVirtual && !method.IsSpecialName || method.IsConstructor
               from parameter in method.GetParameters()
               where !told.Contains(parameter.Name)
               select $"{Id(method)}: {parameter.Name}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    // A property of a record that says neither its default nor that it must be given leaves both open.
    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Options_say_their_defaults(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        string[] wrong =
        [
            .. from type in package.GetExportedTypes()
               where type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetConstructor([]) is not null
               from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
               where property.SetMethod is not null && !property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute")
               let text = written.GetValueOrDefault($"P:{Plain(type)}.{property.Name}")?.ToString() ?? ""
               where !text.Contains("default", StringComparison.OrdinalIgnoreCase) && !text.Contains("inheritdoc", StringComparison.Ordinal)
               select $"{type.Name}.{property.Name}",
        ];
        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    private static Dictionary<string, XElement> Written(Assembly package) =>
        XDocument.Load(Path.ChangeExtension(package.Location, ".xml")).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    // The compiler has types of its own for blocks of extension members.
    private static bool IsWritten(Type type) => !type.FullName!.Contains('<', StringComparison.Ordinal);

    private static bool Says(XElement member) => member.Descendants("inheritdoc").Any() || member.Value.Trim().Length > 0;

    private static IEnumerable<MemberInfo> Members(Type type) => type.GetMembers(Declared).Where(member => Visible(member)
        && member.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        && !(type.IsEnum && member.Name == "value__") && !typeof(Delegate).IsAssignableFrom(type));

    private static bool Visible(MemberInfo member) => member switch
    {
        // What a class has without writing it cannot be told from what is written.
        ConstructorInfo constructor => (constructor.IsPublic || constructor.IsFamily) && constructor.GetParameters().Length > 0,
        MethodInfo method => (method.IsPublic || method.IsFamily) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily),
        _ => false,
    };

    // As the compiler names a member in the file.
    private static string Id(MemberInfo member)
    {
        string name = $"{Plain(member.DeclaringType!)}.{member.Name.Replace('.', '#')}";
        if (member is not MethodBase method)
            return (member is FieldInfo ? "F:" : "P:") + name + Parameters((member as PropertyInfo)?.GetIndexParameters() ?? []);
        string arity = method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";
        string result = method.Name is "op_Implicit" or "op_Explicit" ? "~" + Id(((MethodInfo)method).ReturnType) : "";
        return "M:" + name + arity + Parameters(method.GetParameters()) + result;
    }

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(",", parameters.Select(parameter => Id(parameter.ParameterType)))})";

    private static string Id(Type type)
    {
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (type.HasElementType)
            return Id(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsByRef ? "@" : "*");
        return type.IsGenericType ? $"{Plain(type).Split('`')[0]}{{{string.Join(",", type.GetGenericArguments().Select(Id))}}}" : Plain(type);
    }

    private static string Plain(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
}
