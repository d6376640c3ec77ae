using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>The outputs of a network's inner modules, recorded on every call: by module path, the first element where the output is a tuple.</summary>
internal sealed class ModuleOutputs
{
    private readonly Dictionary<string, Tensor> outputs = [];
    private readonly Dictionary<string, nn.Module> modules;

    public ModuleOutputs(nn.Module root, IEnumerable<string> paths)
    {
        modules = root.named_modules().ToDictionary(pair => pair.name, pair => pair.module);
        foreach (string path in paths.Where(modules.ContainsKey))
            OnOutput(path, output => Record(path, output));
    }

    /// <summary>The latest output of a module; null where the network has no such module, or did not call it.</summary>
    public Tensor? this[string path] => outputs.GetValueOrDefault(path);

    /// <summary>Comparisons of all recorded outputs with the tensors that are stored under <paramref name="prefix"/>.</summary>
    public IEnumerable<Comparison> Compare(GoldenFile file, string prefix) =>
        outputs.Select(output => file.Compare(prefix + output.Key, output.Value));

    /// <summary>Makes a module's output a leaf, whose <c>grad</c> a later backward pass fills, and gives it once the network was called.</summary>
    public Func<Tensor> Leaf(string path)
    {
        Tensor? leaf = null;
        OnOutput(path, output => leaf = ((Tensor)output).detach().DetachFromDisposeScope().requires_grad_());
        return () => leaf ?? throw new InvalidOperationException($"The module {path} was not called.");
    }

    private object Record(string path, object output)
    {
        var tensor = output as Tensor ?? (Tensor)((ITuple)output)[0]!;
        // The hook runs inside the scope of the module around this one, which ends before the comparison.
        outputs[path] = tensor.detach().clone().DetachFromDisposeScope();
        return output;
    }

    /// <summary>Registers a forward hook, whatever the module's inputs and output are.</summary>
    private void OnOutput(string path, Func<object, object> seen)
    {
        var module = modules[path];
        var hookable = module.GetType();
        while (!(hookable.IsGenericType && hookable.GetGenericTypeDefinition() == typeof(nn.HookableModule<,>)))
            hookable = hookable.BaseType ?? throw new InvalidOperationException($"{path} takes no hooks.");
        var hook = hookable.GetGenericArguments()[1];
        var signature = hook.GetMethod("Invoke")!;
        var parameters = signature.GetParameters().Select(p => Expression.Parameter(p.ParameterType)).ToArray();
        var call = Expression.Invoke(Expression.Constant(seen), Expression.Convert(parameters[^1], typeof(object)));
        var compiled = Expression.Lambda(hook, Expression.Convert(call, signature.ReturnType), parameters).Compile();
        hookable.GetMethod("register_forward_hook", [hook])!.Invoke(module, [compiled]);
    }
}
