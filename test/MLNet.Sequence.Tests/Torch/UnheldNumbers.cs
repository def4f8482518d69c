using System.Reflection;
using TorchSharp;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>
/// Finds numbers in compiled code that are passed to libtorch and not kept alive until the call returns: a conversion to
/// <see cref="Scalar"/>, or a method of TorchSharp that makes one and does not keep it.
/// </summary>
internal static class UnheldNumbers
{
    /// <summary>
    /// The methods of TorchSharp that make a scalar themselves or call another of its methods that does. Overrides that a virtual call may
    /// run are not followed.
    /// </summary>
    public static IReadOnlySet<MethodBase> Makers { get; } = FindMakers();

    /// <summary>The methods whose code makes a scalar or calls one that does, as "Type.Method calls Type.Method(parameters)".</summary>
    /// <param name="assembly">A compiled assembly.</param>
    /// <param name="allowed">The outermost types that are allowed to.</param>
    public static string[] Offences(Assembly assembly, params Type[] allowed) =>
    [
        .. from code in AssemblyReferences.Calls(assembly)
           let user = AssemblyReferences.Outermost(code.Method.DeclaringType!)
           where !allowed.Contains(user)
           from called in code.Called
           where MakesScalar(called) || Makers.Contains(called)
           select $"{user.Name}.{code.Method.Name} calls {Name(called)}",
    ];

    /// <summary>A method's name, as in the list.</summary>
    public static string Name(MethodBase method) => $"{NameOf(method.DeclaringType!)}.{method.Name}({Parameters(method)})";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));

    private static string NameOf(Type type)
    {
        string name = type.Name.Split('`')[0];
        if (type.IsGenericType && !type.IsGenericTypeDefinition)
            name += $"<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
        return type is { DeclaringType: { } outer, IsGenericParameter: false } && outer != typeof(torch) ? $"{NameOf(outer)}.{name}" : name;
    }

    private static bool MakesScalar(MethodBase called) =>
        called is ConstructorInfo && called.DeclaringType == typeof(Scalar) || called is MethodInfo method && method.ReturnType == typeof(Scalar);

    private static HashSet<MethodBase> FindMakers()
    {
        (MethodBase Method, MethodBase[] Called)[] all =
            [.. AssemblyReferences.Calls(typeof(Scalar).Assembly).Where(code => code.Method.DeclaringType != typeof(Scalar) && !MakesScalar(code.Method))];
        HashSet<MethodBase> makers = [.. all.Where(code => code.Called.Any(MakesScalar)).Select(code => code.Method)];
        int before;
        do
        {
            before = makers.Count;
            makers.UnionWith(all.Where(code => code.Called.Any(makers.Contains)).Select(code => code.Method));
        }
        while (makers.Count > before);
        return makers;
    }
}
