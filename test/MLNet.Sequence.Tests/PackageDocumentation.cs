using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests;

/// <summary>The public members of a package, and their documentation in the XML file next to its assembly.</summary>
internal static class PackageDocumentation
{
    /// <summary>The beginning of the names that the compiler gives to blocks of extension members.</summary>
    public const string ExtensionBlock = "<G>$";

    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Type[] HyperParameters = [typeof(Architecture), typeof(Layer), typeof(Contraction), typeof(Optimizer), typeof(Schedule)];

    // Records whose properties a program sets: options, hyper-parameters, and the records inside both.
    public static IEnumerable<(Type Owner, PropertyInfo Property, string Name, string Text)> Options(Assembly package)
    {
        Dictionary<string, XElement> written = Written(package);
        return from type in package.GetExportedTypes()
               where !type.IsEnum && (type.Name.EndsWith("Options", StringComparison.Ordinal) || HyperParameters.Any(kind => kind.IsAssignableFrom(type)))
               from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
               where property.SetMethod is { IsPublic: true }
                   && !property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute")
               let given = type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).FirstOrDefault(
                   parameter => parameter.Name == property.Name)
               where given is null || given.HasDefaultValue
               let own = written.GetValueOrDefault($"P:{Plain(type)}.{property.Name}")
               where own is not null && !own.Descendants("inheritdoc").Any()
               select (type, property, $"{type.Name}.{property.Name}", Text(own.Element("summary")));
    }

    // The text as a reader sees it: a reference is shown as the last part of its name.
    public static string Text(XElement? element) => element is null ? "" : Regex.Replace(string.Concat(element.DescendantNodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } named => ((string?)named.Attribute("cref") ?? (string?)named.Attribute("langword") ?? (string?)named.Attribute("name")
            ?? "").Split('(')[0].Split('.', ':')[^1],
        _ => "",
    })), @"\s+", " ").Trim();

    // The documentation in a block of extension members belongs to the method that the compiler makes of it.
    public static Dictionary<string, XElement> Written(Assembly package)
    {
        Dictionary<string, XElement> written = XDocument.Load(Path.ChangeExtension(package.Location, ".xml")).Descendants("member").ToDictionary(
            member => (string)member.Attribute("name")!);
        foreach ((string id, XElement member) in written.ToArray())
        {
            if ((string?)member.Element("inheritdoc")?.Attribute("cref") is { } block && block.Contains(ExtensionBlock, StringComparison.Ordinal))
                written[id] = written[block];
        }

        return written;
    }

    // The compiler generates types for blocks of extension members.
    public static bool IsWritten(Type type) => !type.FullName!.Contains('<', StringComparison.Ordinal);

    public static bool HasText(XElement member) => member.Descendants("inheritdoc").Any() || member.Value.Trim().Length > 0;

    public static IEnumerable<MemberInfo> Members(Type type) => type.GetMembers(Declared).Where(member => Visible(member)
        && member.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        && !(type.IsEnum && member.Name == "value__") && !typeof(Delegate).IsAssignableFrom(type));

    private static bool Visible(MemberInfo member) => member switch
    {
        // A default constructor cannot be distinguished from a written one without parameters.
        ConstructorInfo constructor => (constructor.IsPublic || constructor.IsFamily) && constructor.GetParameters().Length > 0,
        MethodInfo method => (method.IsPublic || method.IsFamily) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily),
        _ => false,
    };

    // The member's name in the compiler's XML file.
    public static string Id(MemberInfo member)
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

    public static string Plain(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
}
